// Compiled, never run: what the types let through and what they do not.
import { useEffect, useRef } from "react";
import type { ValuemapSurveyElement } from "valuemap-survey";
import "valuemap-survey/react";

export function Survey() {
  const survey = useRef<ValuemapSurveyElement>(null);
  useEffect(() => survey.current?.open(), []);
  return <valuemap-survey ref={survey} site="pk" mode="modal" trigger-exit cool-down="30" className="wide" />;
}

// @ts-expect-error: a survey needs a site
export const siteless = <valuemap-survey />;
// @ts-expect-error: there is no such mode
export const modeless = <valuemap-survey site="pk" mode="sidebar" />;
// @ts-expect-error: React sets what is called like a property
export const camel = <valuemap-survey site="pk" triggerDelay={3} />;

const element = document.createElement("valuemap-survey");
element.identify("a.b.c");
element.preview = true;
element.triggerDelay = 3;
const delay: string = element.triggerDelay;
element.consent = null;
// @ts-expect-error: consent is granted or denied
element.consent = `yes, after ${delay}`;
element.addEventListener("valuemap:submitted", function (event) {
  const id: string = event.detail.submissionId;
  this.close();
  return id;
});
element.addEventListener("click", (event: MouseEvent) => event.clientX);
document.addEventListener("valuemap:error", (event) => {
  if (event.detail.code === "ORIGIN_NOT_ALLOWED") console.log(event.detail.message);
  // @ts-expect-error: an error has no such detail
  event.detail.question;
});
// @ts-expect-error: `open` takes nothing
element.open("now");
// @ts-expect-error: a code is a text
document.querySelector("valuemap-survey")!.addEventListener("valuemap:error", (event) => event.detail.code.toFixed());
