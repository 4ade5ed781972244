// The element in templates, for Vue 3.
import type { HTMLAttributes, PublicProps } from "vue";
import type { ValuemapSurveyAttributes, ValuemapSurveyElement, ValuemapSurveyEventMap } from "./valuemap-survey.js";

type Listeners = {
  [Name in keyof ValuemapSurveyEventMap as `on${Capitalize<Name>}`]?: (event: ValuemapSurveyEventMap[Name]) => void;
};

/** Vue's tools know `trigger-delay` of a template as `triggerDelay`. */
type Camel<Name extends string> = Name extends `${infer Word}-${infer Rest}` ? `${Word}${Capitalize<Camel<Rest>>}` : Name;
type Attributes = {
  [Name in keyof ValuemapSurveyAttributes as Camel<Name>]: ValuemapSurveyAttributes[Name];
};

export type ValuemapSurveyProps = PublicProps & HTMLAttributes & Attributes & Listeners;

declare module "vue" {
  interface GlobalComponents {
    "valuemap-survey": new () => ValuemapSurveyElement & { $props: ValuemapSurveyProps };
  }
}

export type * from "./valuemap-survey.js";
