variable "namespace" {
  type = string
}

variable "stage" {
  type = string
}

variable "attributes" {
  type    = list(string)
  default = []
}

variable "longest" {
  type        = number
  description = "Characters that the id may have; a longer one ends with a part of its hash."
  default     = 24
}

locals {
  parts = [for one in compact(distinct(concat([var.namespace, var.stage], var.attributes))) :
    lower(replace(one, "/[^-a-zA-Z0-9]/", ""))
  ]
  whole = join("-", local.parts)
  short = "${trimsuffix(substr(local.whole, 0, var.longest - 6), "-")}-${substr(md5(local.whole), 0, 5)}"
}

output "id" {
  value = length(local.whole) > var.longest ? local.short : local.whole
}

output "tags" {
  value = { for key, value in { namespace = local.parts[0], stage = local.parts[1] } : title(key) => value if value != "" }
}
