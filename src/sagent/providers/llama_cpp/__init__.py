"""llama.cpp as a provider: a model in a file, and a server for it that lives as long as this process."""
