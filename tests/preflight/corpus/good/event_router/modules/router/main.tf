variable "bus" {
  type = string
}

variable "rules" {
  type    = any
  default = {}
}

variable "targets" {
  type    = any
  default = {}
}

variable "streams" {
  type    = list(string)
  default = []
}

locals {
  rules = flatten([
    for key, rule in var.rules : merge(rule, { key = key, name = "${replace(key, "_", "-")}-rule" })
  ])
  targets = flatten([
    for key, rule in var.rules : [
      for target in var.targets[key] : merge(target, { rule = "${replace(key, "_", "-")}-rule" })
    ] if length(var.targets) != 0
  ])
}

resource "aws_cloudwatch_event_bus" "this" {
  name = var.bus
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = { for rule in local.rules : rule.key => rule }

  name           = each.value.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  description    = lookup(each.value, "description", null)
  event_pattern  = jsonencode(each.value.pattern)
  state          = try(each.value.enabled ? "ENABLED" : "DISABLED", upper(each.value.state), null)
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = { for target in local.targets : target.name => target }

  event_bus_name = aws_cloudwatch_event_bus.this.name
  rule           = each.value.rule
  arn            = each.value.arn
  role_arn       = can(length(each.value.role) > 0) ? each.value.role : (try(each.value.role, null) == true ? aws_iam_role.this.arn : null)

  dynamic "sqs_target" {
    for_each = lookup(each.value, "group", null) != null ? [true] : []

    content {
      message_group_id = each.value.group
    }
  }

  dynamic "dead_letter_config" {
    for_each = lookup(each.value, "dead", null) != null ? [true] : []

    content {
      arn = each.value.dead
    }
  }

  dynamic "input_transformer" {
    for_each = lookup(each.value, "template", null) != null ? [each.value] : []

    content {
      input_paths    = input_transformer.value.paths
      input_template = input_transformer.value.template
    }
  }

  depends_on = [aws_cloudwatch_event_rule.this]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = distinct(concat(["events.amazonaws.com"], []))
    }
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["kinesis:PutRecord", "kinesis:PutRecords"]
    resources = coalescelist(var.streams, ["*"])
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.bus}-router"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.write.json
}

output "rule_arns" {
  value = { for key in sort(keys(var.rules)) : key => try(aws_cloudwatch_event_rule.this[key].arn, null) }
}
