//! The databases that the console can go to: the profiles, and the one that it was started with.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::config::{Config, Database, Profile, Source};
use crate::domain::secret::hex;
use crate::open;
use crate::provision::Provisioner;
use crate::store::{self, Target};
use crate::tui::remembered::Memory;
use crate::tui::{Open, Opened, Place};

/// Lists them; what was started with comes first where no profile names it.
pub(crate) fn all(config: &Config, started: &Database) -> Vec<Place> {
    let unnamed = started.profile.is_none().then(|| Place {
        name: None,
        banner: "as started".to_owned(),
        colour: None,
        database: started.settings.target.name(),
        read_only: started.settings.read_only,
        protected: false,
    });
    unnamed.into_iter().chain(config.profiles().iter().map(place)).collect()
}

fn place(profile: &Profile) -> Place {
    let database = match &profile.source {
        Source::Url(url) => Target::parse(&url.value).map_or_else(|why| why.to_string(), |target| target.name()),
        // It is read when it is opened: it may stand on a disk that does not answer.
        Source::File(file) => format!("named in {}", file.value.display()),
    };
    Place {
        name: Some(profile.name.clone()),
        banner: profile.banner.clone(),
        colour: profile.colour,
        database,
        read_only: profile.read_only,
        protected: profile.protected,
    }
}

/// Gives the way to open one of them.
pub(crate) fn opener(config: &Config) -> Open {
    let config = Arc::new(config.clone());
    Arc::new(move |name| {
        let config = Arc::clone(&config);
        Box::pin(async move { open_one(&config, name).await.map_err(|failure| failure.message) })
    })
}

async fn open_one(config: &Config, name: Option<String>) -> Result<Opened, crate::cli::Failure> {
    let database = match name {
        Some(name) => config.database_of(&config.profile(&name)?)?,
        None => config.database()?,
    };
    opened(config, database).await
}

/// Names a database in the file of what is remembered. Where it is may be nobody's business: that is digested.
fn name_of(database: &Database) -> String {
    let digest = || hex(&Sha256::digest(database.settings.target.to_string())[..8]);
    database
        .profile
        .as_ref()
        .map_or_else(|| format!("database {}", digest()), |known| format!("profile {}", known.name))
}

/// Opens a database for the console.
pub(crate) async fn opened(config: &Config, database: Database) -> Result<Opened, crate::cli::Failure> {
    let store = open(&database, || store::connect(database.settings.clone(), None)).await?;
    let provisioner = Arc::new(Provisioner::new(store, config.hasher()?));
    let unverified = database.settings.target.is_unverified();
    let memory = config.memory_file().map(|file| Memory { file, of: name_of(&database) });
    Ok(Opened { provisioner, profile: database.profile, memory, unverified })
}
