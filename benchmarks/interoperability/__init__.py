"""Every kind of export beside every other tool that reads it."""
