// The tables on the terminal, in Markdown.

const whole = (number) => Math.round(number).toLocaleString("en");

export function printBytes(compared, bytes) {
  console.log("\nBytes that a browser downloads, brotli -q 11, without the page itself\n");
  console.log("| | untouched: code | survey | through the survey: code | survey and answers | requests |");
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const { name, title } of compared) {
    const { untouched, answered } = bytes[name];
    const cells = [untouched.code, untouched.data, answered.code, answered.data, answered.requests].map(whole);
    console.log(`| ${title} | ${cells.join(" | ")} |`);
  }
}

export function printTimes(compared, rounds) {
  const rows = summary(compared, rounds);
  console.log(`\nMilliseconds since the navigation began, 1.6 Mbit/s, 150 ms, CPU 4x, nothing cached, ${rounds.length} rounds: median (quartiles)\n`);
  console.log("| | first question visible | beside Preact | second question, answered at once | beside Preact | bytes over the wire |");
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const { title, first, second, wire } of rows) {
    const ratio = ({ ratio }) => (ratio ? `${ratio.median.toFixed(2)} (${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)})` : "");
    const time = ({ median, lower, upper }) => `${whole(median)} (${whole(lower)} to ${whole(upper)})`;
    console.log(`| ${title} | ${time(first)} | ${ratio(first)} | ${time(second)} | ${ratio(second)} | ${whole(wire.median)} |`);
  }
  for (const { title, note } of compared.filter(({ note }) => note)) console.log(`\n${title}: ${note}.`);
  console.log(`
All files came from one small server with the same compression and headers, those of Valuemap too; only what
/embed/graphql and /embed/surveys answer came from Valuemap's own (debug) server behind it. The second question is that of
somebody who answers in the very frame in which the first is there, and so waits for whatever is still loading.`);
}

/** By contender: median and quartiles of each time, and of its ratio to Preact's of the same round. */
export function summary(compared, rounds) {
  return compared.map(({ name, title }) => {
    const of = (field) => {
      const values = rounds.map((round) => round[name][field]);
      const ratios = rounds.filter((round) => round.preact).map((round) => round[name][field] / round.preact[field]);
      return { ...spread(values), ratio: ratios.length ? spread(ratios) : undefined };
    };
    return { name, title, first: of("first"), second: of("second"), wire: of("wire") };
  });
}

function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share) => {
    const position = share * (sorted.length - 1);
    const [low, high] = [Math.floor(position), Math.ceil(position)].map((index) => sorted[index]);
    return low + (high - low) * (position % 1);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}
