"""The payment processor: what runs in the Lambda functions.

It imports nothing else of tercet, so that the functions' zip holds only what runs. Start reading at
:mod:`~tercet.payments.processor`: what may be done to a payment, and by whom.
"""
