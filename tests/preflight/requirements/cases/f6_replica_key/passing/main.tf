provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_kms_key" "primary" {
  description         = "payments"
  multi_region        = true
  enable_key_rotation = true
}

resource "aws_kms_replica_key" "replica" {
  provider        = aws.secondary
  description     = "payments in the second region"
  primary_key_arn = aws_kms_key.primary.arn
}
