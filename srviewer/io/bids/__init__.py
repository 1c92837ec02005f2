"""The rules of BIDS: names of images, what they hold, and how a derivative is described."""
