//! `make pictures`, with the program that is tested, into a folder that is thrown away.

use std::process::Command;

use crate::support::desk::guid_on;

#[test]
fn the_command_that_makes_the_pictures_of_the_readme_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pictures.sh"));
    command.env("PROGRAM", env!("CARGO_BIN_EXE_host-provisioner")).env("PICTURES", folder.path());
    let made = command.output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let shown = [
        ("main", "Last&#160;used"),
        ("overview", "Rotations&#160;by&#160;whom"),
        ("confirm", "Update&#160;record"),
        ("reveal", "shown&#160;once"),
        ("light", "Last&#160;used"),
    ];
    for (name, text) in shown {
        let svg = std::fs::read_to_string(folder.path().join(format!("{name}.svg"))).unwrap();
        assert!(svg.contains(text), "{name}");
        assert_eq!(guid_on(&svg), None, "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), shown.len());
}
