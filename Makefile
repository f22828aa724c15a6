.PHONY: demo test soak lint mutants needs bench bench-peers pictures

# Opens the console on a throwaway world.
demo:
	cargo run --release --locked -- demo

# Everything that CI runs: format, lints, all tests (beside a throwaway PostgreSQL server), documentation.
test: needs lint
	tests/with-postgres cargo test --locked --all-targets
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

# The long forms of what `test` does in short, on the program as it is released.
soak: needs
	HOST_PROVISIONER_TEST_KILLS=10000 HOST_PROVISIONER_TEST_SERVER_KILLS=100 HOST_PROVISIONER_TEST_MESSAGES=1000000 \
	  tests/with-postgres cargo test --locked --release --test all -- --nocapture \
	  _kills tui_fuzz a_debug_build_alone_takes_part_in_drills

needs:
	@tests/needs

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

# Changes the rule and its way into the database place by place (.cargo/mutants.toml); each change must fail a test.
# It meets the tests of its own layer first, then those of the layers that write, each in a crate that builds in seconds
# (tests/layers-alone); what is left meets all that open no terminal. Exit 2: something survived.
# A changed loop may fill the memory: no process gets more than 6 GiB.
MUTANTS = ulimit -v 6291456; CARGO_TARGET_DIR=$(CURDIR)/target PROPTEST_MAX_SHRINK_ITERS=0 \
          nice tests/with-postgres cargo mutants --iterate -o target
WRITING = store::settle store::trace store::snapshot provision:: apply concurrency consolidation_runs expectations \
          meddling plan_ postgres_races rollback rotation_schemes store_contract::sqlite story
mutants:
	@command -v cargo-mutants >/dev/null \
	  || { echo "make mutants: cargo-mutants is missing: cargo install --locked cargo-mutants" >&2; exit 1; }
	rm -rf target/mutants.out target/mutants.out.old
	tests/layers-alone target/domain domain
	PROPTEST_CASES=32; export PROPTEST_CASES; $(MUTANTS) -d target/domain --in-place || [ $$? -le 3 ]
	tests/layers-alone target/writing domain store provision drill
	$(MUTANTS) -d target/writing --in-place -- -- $(WRITING) --skip query_plan || [ $$? -le 3 ]
	$(MUTANTS) -C --test=all -- -- --skip layering --skip process_ --skip readme --skip tui_pty

# Measures the program against its targets; some minutes, on a machine with nothing else to do.
bench:
	@command -v pgbench >/dev/null \
	  || { echo "make bench: the program pgbench is missing; on Debian: apt-get install postgresql" >&2; exit 1; }
	tests/with-postgres --durable cargo bench --locked --bench rule --bench speed

# Measures the console beside other programs that show a database in a terminal; installs them below target/peers.
bench-peers:
	@benches/peers target/peers
	cargo bench --locked --bench speed -- peers

# Makes the pictures of the README from the running program; needs tmux and python3-rich.
pictures:
	assets/pictures.sh
