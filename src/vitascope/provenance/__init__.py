"""Where a film comes from, said so that anybody can check it: signed credentials (C2PA) and a watermark that outlives them."""
