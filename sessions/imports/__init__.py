"""Reading what was kept elsewhere: each format is a module that makes rows of a text; `writing` brings them in."""
