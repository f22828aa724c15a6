.PHONY: demo test lint

# Opens the console on a throwaway world.
demo:
	cargo run --release --locked -- demo

# Everything that CI runs: format, lints, all tests, documentation.
test: lint
	cargo test --locked --all-targets
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
