/** Escapes text for HTML, in an element or between any quotes of an attribute. */
export function escape(str: string): string;
