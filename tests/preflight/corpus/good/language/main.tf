terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.83"
    }
  }
}

provider "aws" {
  region = coalesce(var.region, "us-east-1")

  assume_role {
    role_arn = provider::aws::arn_build("aws", "iam", "", "123456789012", "role/deploy")
  }
}

variable "region" {
  type     = string
  default  = null
  nullable = true
}

variable "settings" {
  description = "What the stack is made of."
  type = object({
    name = string
    queues = optional(map(object({
      fifo      = optional(bool, false)
      retention = optional(number, 345600)
    })), {})
    tags = optional(map(string), {})
  })

  default = {
    name   = "inbox"
    queues = { plain = {}, ordered = { fifo = true } }
  }

  validation {
    condition     = alltrue([for queue in values(var.settings.queues) : queue.retention >= 60])
    error_message = "Messages are kept for a minute at least."
  }
}

locals {
  names  = { for key, queue in var.settings.queues : key => format("%s-%s%s", var.settings.name, key, queue.fifo ? ".fifo" : "") }
  sorted = sort(values(local.names))
  tags   = { for key, value in merge({ Stack = var.settings.name }, var.settings.tags) : title(key) => value if value != "" }
  script = <<-EOT
    #!/bin/sh
    for name in ${join(" ", local.sorted)}; do
      echo "$${name%.fifo}"
    done
    %{if length(local.sorted) > 1}echo several%{else}echo one%{endif}
  EOT
}

resource "aws_sqs_queue" "this" {
  for_each = local.names

  name                        = each.value
  fifo_queue                  = var.settings.queues[each.key].fifo ? true : null
  content_based_deduplication = var.settings.queues[each.key].fifo ? true : null
  message_retention_seconds   = var.settings.queues[each.key].retention
  sqs_managed_sse_enabled     = true
  tags                        = local.tags

  lifecycle {
    precondition {
      condition     = length(each.value) <= 80
      error_message = "${each.value} is too long."
    }

    postcondition {
      condition     = self.visibility_timeout_seconds < 43200
      error_message = "Visible again too late."
    }
  }
}

moved {
  from = aws_sqs_queue.plain
  to   = aws_sqs_queue.this["plain"]
}

removed {
  from = aws_sqs_queue.forgotten

  lifecycle {
    destroy = false
  }
}

import {
  to = aws_ssm_parameter.script
  id = "/inbox/script"
}

check "queues" {
  data "aws_sqs_queues" "made" {
    queue_name_prefix = var.settings.name
  }

  assert {
    condition     = length(data.aws_sqs_queues.made.queue_urls) >= length(local.names)
    error_message = "Some queues are missing."
  }
}

ephemeral "aws_secretsmanager_secret_version" "token" {
  secret_id = "inbox/token"
}

resource "aws_ssm_parameter" "script" {
  name  = "/${var.settings.name}/script"
  type  = "String"
  value = local.script
}

resource "aws_ssm_parameter" "names" {
  name  = "/${var.settings.name}/names"
  type  = "String"
  value = jsonencode({ for name in local.sorted : name => try(aws_sqs_queue.this[trimprefix(name, "${var.settings.name}-")].url, null) })
}

resource "terraform_data" "revision" {
  input            = sha256(jsonencode(local.names))
  triggers_replace = [for queue in aws_sqs_queue.this : queue.arn]

  provisioner "local-exec" {
    command = "echo ${self.output}"
  }
}

output "urls" {
  value = { for key, queue in aws_sqs_queue.this : key => queue.url }

  precondition {
    condition     = length(aws_sqs_queue.this) > 0
    error_message = "Nothing was made."
  }
}

output "first" {
  value = one([for key, queue in aws_sqs_queue.this : queue.arn if key == "plain"])
}
