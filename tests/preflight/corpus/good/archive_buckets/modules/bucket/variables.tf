variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "object_ownership" {
  description = "Who owns objects that others write."
  type        = string
  default     = "BucketOwnerEnforced"
}

variable "acl" {
  description = "Canned ACL; none unless ownership admits ACLs."
  type        = string
  default     = null
}

variable "versioning" {
  description = "Keep versions."
  type        = bool
  default     = false
}

variable "logs_to" {
  description = "Bucket that takes the access logs."
  type        = string
  default     = null
}

variable "statements" {
  description = "Who else may do what with the objects."
  type = map(object({
    principals = list(string)
    actions    = list(string)
  }))
  default = {}
}

variable "lifecycle_rules" {
  description = "What becomes of objects in time."
  type = list(object({
    id                = string
    expire_after_days = optional(number)
    transitions       = optional(map(string), {})
    filter = optional(object({
      prefix       = optional(string, "")
      smaller_than = optional(number)
    }))
  }))
  default = []
}

variable "replication" {
  description = "Where versions are copied to, and as whom."
  type = object({
    role_arn = string
    rules = list(object({
      id          = string
      priority    = number
      destination = string
      tags        = optional(map(string), {})
      minutes     = optional(number)
    }))
  })
  default = null
}
