provider "aws" {
  region = "us-east-1"
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  engine_version              = "8.0.mysql_aurora.3.10.5"
  database_name               = "payments"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 259200
}

resource "aws_rds_cluster_instance" "payments" {
  count              = 2
  identifier         = "payments-dev-${count.index}"
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  engine_version     = aws_rds_cluster.payments.engine_version
  instance_class     = "db.r5.large"
}
