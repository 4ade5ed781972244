import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import type { ValuemapSurveyEventMap } from "valuemap-survey/react";
import "valuemap-survey/react";

const given = new URLSearchParams(location.search);

function App() {
  const [heard, setHeard] = useState<string[]>([]);
  const hear = (what: string) => setHeard((heard) => [...heard, what]);
  // JSX has no names with a colon in most compilers, so listeners are spread.
  const listeners = {
    "onvaluemap:ready": () => hear("ready"),
    "onvaluemap:answered": (event: ValuemapSurveyEventMap["valuemap:answered"]) => hear(event.detail.question),
  };
  return (
    <>
      <output>{heard.join(", ")}</output>
      <valuemap-survey site={given.get("site")!} server={given.get("server")!} lang="en" mode="inline" trigger-delay={3} {...listeners} />
    </>
  );
}

createRoot(document.getElementById("app")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
