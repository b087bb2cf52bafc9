"""Rules of SQS: queues, their names, limits and dead-letter queues."""
