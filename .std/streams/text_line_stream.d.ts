/** Options of `TextLineStream`. */
export interface TextLineStreamOptions {
  /** Also ends lines at a lone CR. */
  allowCR?: boolean;
}

/** Splits text at LF or CR LF, wherever the chunks are cut. */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: TextLineStreamOptions);
}
