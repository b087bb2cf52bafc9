"""A REST API with one method for the examples."""

from __future__ import annotations

from typing import Final

URI: Final = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:123456789012:function:payments/invocations"
)

API: Final = """
resource "aws_api_gateway_rest_api" "payments" {
  name = "payments-dev"
}

resource "aws_api_gateway_resource" "payments" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  parent_id   = aws_api_gateway_rest_api.payments.root_resource_id
  path_part   = "payments"
}
"""

METHOD: Final = """
resource "aws_api_gateway_method" "create" {
  rest_api_id   = aws_api_gateway_rest_api.payments.id
  resource_id   = aws_api_gateway_resource.payments.id
  http_method   = "POST"
  authorization = "AWS_IAM"
}
"""

INTEGRATION: Final = f"""
resource "aws_api_gateway_integration" "create" {{
  rest_api_id             = aws_api_gateway_rest_api.payments.id
  resource_id             = aws_api_gateway_resource.payments.id
  http_method             = aws_api_gateway_method.create.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = "{URI}"
}}
"""

DEPLOYMENT: Final = """
resource "aws_api_gateway_deployment" "payments" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  depends_on  = [aws_api_gateway_integration.create]

  lifecycle {
    create_before_destroy = true
  }
}
"""

STAGE: Final = """
resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.payments.id
  deployment_id = aws_api_gateway_deployment.payments.id
  stage_name    = "live"
}
"""

WHOLE: Final = API + METHOD + INTEGRATION + DEPLOYMENT + STAGE
