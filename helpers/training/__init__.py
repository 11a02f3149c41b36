"""How the trained models in helpers/data were made."""
