"""The payment API: what ``openapi.yaml`` promises, as functions that take a request and give a response.

:mod:`~tercet.payments.api.routes` is the list of all operations. Each reads its request with
:mod:`~tercet.payments.api.parameters` and :mod:`~tercet.payments.api.bodies`, asks the processor or a store, and lays
out what it got with :mod:`~tercet.payments.api.presentation`. What goes wrong is an exception, which
:mod:`~tercet.payments.api.refusals` turns into the one error envelope.

API Gateway has checked a request against the document before; everything is checked here again, because the document
and the code may drift, and API Gateway checks no pattern of a path or header.
"""
