"""Rules of API Gateway: REST APIs, HTTP APIs, and what they are wired of."""
