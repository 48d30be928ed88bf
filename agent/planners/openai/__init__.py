"""Language with a model: any OpenAI-compatible endpoint names the next calls; patients stay behind tokens."""
