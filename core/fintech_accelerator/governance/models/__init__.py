"""The life of statistical models: declared by packs, trained, validated by somebody else, promoted."""
