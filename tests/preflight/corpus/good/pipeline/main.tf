terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "connection_arn" {
  type    = string
  default = "arn:aws:codestar-connections:us-east-1:123456789012:connection/11111111-2222-3333-4444-555555555555"
}

locals {
  name   = "shop-dev"
  stages = ["test", "package", "deploy"]
}

resource "aws_s3_bucket" "artifacts" {
  bucket_prefix = "${local.name}-artifacts-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket                  = aws_s3_bucket.artifacts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_object" "marker" {
  bucket       = aws_s3_bucket.artifacts.id
  key          = "marker.json"
  content      = jsonencode({ name = local.name })
  content_type = "application/json"
}

data "aws_iam_policy_document" "trust" {
  for_each = toset(["codebuild", "codepipeline"])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = data.aws_iam_policy_document.trust

  name               = "${local.name}-${each.key}"
  assume_role_policy = each.value.json
}

resource "aws_iam_role_policy" "codebuild" {
  name = "build"
  role = aws_iam_role.this["codebuild"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
        Resource = "${aws_s3_bucket.artifacts.arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:*:log-group:/codebuild/${local.name}*"
      },
    ]
  })
}

resource "aws_iam_role_policy" "codepipeline" {
  name = "pipeline"
  role = aws_iam_role.this["codepipeline"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning"]
        Resource = [aws_s3_bucket.artifacts.arn, "${aws_s3_bucket.artifacts.arn}/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["codebuild:StartBuild", "codebuild:BatchGetBuilds"]
        Resource = [for project in aws_codebuild_project.this : project.arn]
      },
      {
        Effect   = "Allow"
        Action   = "codestar-connections:UseConnection"
        Resource = var.connection_arn
      },
    ]
  })
}

resource "aws_codebuild_project" "this" {
  for_each = toset(local.stages)

  name          = "${local.name}-${each.key}"
  service_role  = aws_iam_role.this["codebuild"].arn
  build_timeout = 20

  source {
    type      = "CODEPIPELINE"
    buildspec = "ci/${each.key}.yml"
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
    type         = "LINUX_CONTAINER"

    environment_variable {
      name  = "STAGE"
      value = each.key
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = "/codebuild/${local.name}"
    }
  }
}

resource "aws_codepipeline" "this" {
  name          = local.name
  role_arn      = aws_iam_role.this["codepipeline"].arn
  pipeline_type = "V2"

  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }

  stage {
    name = "Source"

    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]

      configuration = {
        ConnectionArn    = var.connection_arn
        FullRepositoryId = "acme/shop"
        BranchName       = "main"
      }
    }
  }

  dynamic "stage" {
    for_each = local.stages

    content {
      name = title(stage.value)

      action {
        name             = title(stage.value)
        category         = "Build"
        owner            = "AWS"
        provider         = "CodeBuild"
        version          = "1"
        input_artifacts  = [stage.key == 0 ? "source" : "${local.stages[stage.key - 1]}_output"]
        output_artifacts = ["${stage.value}_output"]

        configuration = {
          ProjectName = aws_codebuild_project.this[stage.value].name
        }
      }
    }
  }
}
