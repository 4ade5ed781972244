// The element in JSX, for React 19.
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { ValuemapSurveyAttributes, ValuemapSurveyElement, ValuemapSurveyEventMap } from "./valuemap-survey.js";

type Listeners = {
  [Name in keyof ValuemapSurveyEventMap as `on${Name}`]?: (event: ValuemapSurveyEventMap[Name]) => void;
};

export type ValuemapSurveyProps = DetailedHTMLProps<HTMLAttributes<ValuemapSurveyElement>, ValuemapSurveyElement> &
  ValuemapSurveyAttributes &
  Listeners;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "valuemap-survey": ValuemapSurveyProps;
    }
  }
}

export type * from "./valuemap-survey.js";
