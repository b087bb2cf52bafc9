"""CodeBuild and CodePipeline."""
