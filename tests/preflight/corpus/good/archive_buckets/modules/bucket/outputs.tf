output "id" {
  description = "Name of the bucket, once its policy stands."
  value       = aws_s3_bucket_policy.this.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "versioned_arn" {
  description = "ARN of the bucket, once it keeps versions: replication into it is refused before."
  value       = aws_s3_bucket.this.arn
  depends_on  = [aws_s3_bucket_versioning.this]
}
