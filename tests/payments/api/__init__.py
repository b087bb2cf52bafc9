"""The payment API: every answer is what the document promises, whoever asks for whatever."""
