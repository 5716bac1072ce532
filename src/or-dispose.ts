/** Something that must be given back: a store, a checkout. */
export interface Disposable {
  dispose(): Promise<void>;
}

/** Uses the thing; where that fails nobody else will dispose of it, so that it is done here. */
export async function orDispose<T>(thing: Disposable, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    await thing.dispose();
    throw thrown;
  }
}
