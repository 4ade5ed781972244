// What a page would pay for this survey if somebody wrote just this survey with Preact: one question at a time, back and
// forth, answers sent at the end.
import "./preact.css";
import { render } from "preact";
import { useState } from "preact/hooks";
import { fetchSurvey } from "./survey.js";

function Survey({ survey }) {
  const [current, setCurrent] = useState(0);
  const [answers, setAnswers] = useState({});
  const { questions, points, ends } = survey;
  const total = questions.length;
  if (current === total) {
    return (
      <section class="card" data-state="thanks">
        <h2>Thank you. Your answers have arrived.</h2>
      </section>
    );
  }
  const { key, prompt } = questions[current];
  const next = (event) => {
    event.preventDefault();
    if (current === total - 1) fetch("answers", { method: "POST", body: JSON.stringify(answers) });
    setCurrent(current + 1);
  };
  return (
    <form class="card" onSubmit={next}>
      <header>
        <h2>{survey.title}</h2>
        <span>
          {current + 1} of {total}
        </span>
        <progress max={total} value={current + 1} />
      </header>
      <fieldset class="question" key={key}>
        <legend>{prompt}</legend>
        <div class="points">
          {Array.from({ length: points }, (_, index) => (
            <label key={index}>
              <input
                type="radio"
                name={key}
                checked={answers[key] === index + 1}
                onChange={() => setAnswers({ ...answers, [key]: index + 1 })}
              />
              <span>{index + 1}</span>
            </label>
          ))}
        </div>
        <p>
          <small>{ends[0]}</small>
          <small>{ends[1]}</small>
        </p>
      </fieldset>
      <footer>
        <button type="button" class="quiet" hidden={current === 0} onClick={() => setCurrent(current - 1)}>
          Back
        </button>
        <button type="submit">{current === total - 1 ? "Send" : "Next"}</button>
      </footer>
    </form>
  );
}

fetchSurvey().then((survey) => render(<Survey survey={survey} />, document.getElementById("survey")));
