//! What the thesaurus costs: to load, for each query, for each description that is imported.

mod budget;

use folkmoot::model::thesaurus::Thesaurus;
use folkmoot::store;

const QUERIES: [&str; 5] = [
    "who can house young lads",
    "nowhere to sleep tonight weymouth",
    "accomodation benifits councelling blandfrod hospitall",
    "zzyzx qwertyuiop blandford swanage dorchester",
    "needs someone to go with",
];

fn main() {
    let rounds: Vec<Vec<f64>> = (0..20).map(|_| vec![budget::milliseconds(store::default_thesaurus)]).collect();
    budget::compare("thesaurus loaded", budget::least(&rounds)[0], 2.0, "ms");
    let thesaurus = store::default_thesaurus();
    for query in QUERIES {
        let words: Vec<String> = query.split(' ').map(str::to_owned).collect();
        budget::compare(query, microseconds(1_000, || thesaurus.read(&words, true)), 20.0, "µs");
    }
    let description =
        "A drop-in centre for people who sleep rough, with showers, hot meals, advice on housing and benefits, \
                       a nurse on Tuesdays and volunteers who go along to appointments in town. "
            .repeat(25);
    let what = format!("a description of {} bytes", description.len());
    budget::compare(&what, microseconds(100, || thesaurus.of_text(&description)), 400.0, "µs");
    budget::compare("a name", microseconds(1_000, || name(&thesaurus)), 10.0, "µs");
}

fn name(thesaurus: &Thesaurus) -> bool {
    thesaurus.of_text("Ex-Offender Reentry Programs").is_empty()
}

fn microseconds<R>(times: usize, run: impl Fn() -> R) -> f64 {
    let rounds: Vec<Vec<f64>> =
        (0..5).map(|_| vec![budget::milliseconds(|| (0..times).for_each(|_| drop(divan::black_box(run()))))]).collect();
    budget::least(&rounds)[0] * 1_000.0 / times as f64
}
