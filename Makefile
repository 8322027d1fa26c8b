# The two commands of the README, and the benchmarks. Each sets up what it needs.
.PHONY: run test bench setup

run: setup
	cargo run --release --bin assay -- test

test: setup
	cargo test

bench: setup
	cargo bench

# iptables is all that a run needs beside a Rust toolchain: everything else is in the binary.
setup:
	@sh harness/setup.sh
