"""From PyTorch modules to SEscope's files: export.py's parts, under one name so that nothing hides
a person's own modules."""
