"""How a lead earns points: models, the ledger, rescoring. May import `leads`."""
