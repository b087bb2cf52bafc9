provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.10.5"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier          = "payments-dev"
  engine                      = aws_rds_global_cluster.payments.engine
  engine_version              = aws_rds_global_cluster.payments.engine_version
  global_cluster_identifier   = aws_rds_global_cluster.payments.id
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_rds_cluster_instance" "primary" {
  count              = 2
  identifier         = "payments-dev-${count.index}"
  cluster_identifier = aws_rds_cluster.primary.id
  engine             = aws_rds_cluster.primary.engine
  engine_version     = aws_rds_cluster.primary.engine_version
  instance_class     = "db.r5.large"
}

resource "aws_rds_cluster" "secondary" {
  provider                  = aws.secondary
  cluster_identifier        = "payments-copy-dev"
  engine                    = aws_rds_global_cluster.payments.engine
  engine_version            = aws_rds_global_cluster.payments.engine_version
  global_cluster_identifier = aws_rds_global_cluster.payments.id
  kms_key_id                = aws_kms_key.secondary.arn
  storage_encrypted         = true
  skip_final_snapshot       = true
  depends_on                = [aws_rds_cluster_instance.primary]
}

resource "aws_rds_cluster_instance" "secondary" {
  provider           = aws.secondary
  count              = 2
  identifier         = "payments-copy-dev-${count.index}"
  cluster_identifier = aws_rds_cluster.secondary.id
  engine             = aws_rds_cluster.secondary.engine
  engine_version     = aws_rds_cluster.secondary.engine_version
  instance_class     = "db.r5.large"
}

variable "password" {
  type      = string
  sensitive = true
}

resource "aws_kms_key" "secondary" {
  provider            = aws.secondary
  description         = "payments in the second region"
  enable_key_rotation = true
}
