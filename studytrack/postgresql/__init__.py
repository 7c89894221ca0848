"""PostgreSQL as Django has it, but for what Django does anew with each request."""
