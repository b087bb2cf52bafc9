provider "aws" {
  region = "us-east-1"
}

resource "aws_backup_vault" "main" {
  name = "payments-dev"
}

resource "aws_backup_vault" "copies" {
  name = "payments-copies-dev"
}

resource "aws_backup_plan" "daily" {
  name = "payments-daily-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 * * ? *)"

    lifecycle {
      delete_after = 7
    }

    copy_action {
      destination_vault_arn = aws_backup_vault.copies.arn

      lifecycle {
        cold_storage_after = 30
        delete_after       = 60
      }
    }
  }
}
