pub fn report(database_url: &str) {
    let kind = database_url.split(':').next().unwrap_or_default();
    println!("The {kind} database is up to date.");
}
