"""Django's PostgreSQL backend, for servers that die: nobody waits long, and a lost commit is looked up."""
