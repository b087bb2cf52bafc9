"""Rules of CloudWatch: alarms, dashboards and log groups."""
