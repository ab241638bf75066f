//~ `read items` is no scope: 1 to 128 printable ASCII characters

portcullis::scopes!(ReadItems = "read items");

fn main() {}
