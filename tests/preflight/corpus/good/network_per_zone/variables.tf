variable "name" {
  type    = string
  default = "core"
}

variable "environment" {
  type    = string
  default = "dev"

  validation {
    condition     = contains(["dev", "qa", "prod"], var.environment)
    error_message = "The environment is dev, qa or prod."
  }
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "cidr" {
  type    = string
  default = "10.40.0.0/16"
}

variable "zone_count" {
  type    = number
  default = 3
}

variable "interface_endpoints" {
  type    = list(string)
  default = ["secretsmanager", "logs", "sqs", "ecr.api", "ecr.dkr"]
}

variable "tags" {
  type    = map(string)
  default = {}
}
