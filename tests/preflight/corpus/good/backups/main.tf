terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "copies"
  region = "eu-west-1"
}

variable "plans" {
  type = map(object({
    schedule    = string
    delete_days = number
    cold_days   = optional(number)
    copy        = optional(bool, false)
  }))

  default = {
    hourly  = { schedule = "cron(0 * * * ? *)", delete_days = 3 }
    daily   = { schedule = "cron(0 3 * * ? *)", delete_days = 35, copy = true }
    monthly = { schedule = "cron(0 4 1 * ? *)", delete_days = 400, cold_days = 90 }
  }
}

resource "aws_backup_vault" "main" {
  name = "main"
}

resource "aws_backup_vault" "copies" {
  provider = aws.copies

  name = "copies"
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 3
  max_retention_days = 400
}

resource "aws_backup_plan" "this" {
  name = "acme"

  dynamic "rule" {
    for_each = var.plans

    content {
      rule_name         = rule.key
      target_vault_name = aws_backup_vault.main.name
      schedule          = rule.value.schedule
      start_window      = 60
      completion_window = 300

      lifecycle {
        cold_storage_after = rule.value.cold_days
        delete_after       = rule.value.delete_days
      }

      dynamic "copy_action" {
        for_each = rule.value.copy ? [1] : []

        content {
          destination_vault_arn = aws_backup_vault.copies.arn

          lifecycle {
            delete_after = rule.value.delete_days
          }
        }
      }
    }
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "backup" {
  name               = "acme-backup"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "backup" {
  for_each = toset(["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"])

  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/${each.key}"
}

resource "aws_backup_selection" "tagged" {
  name         = "tagged"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.backup.arn

  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = "true"
  }
}
