/** The text that an expression is, where the source alone says so. */
import type { Expression } from "@oxc-project/types";

/** A string, a template with nothing to fill in, or a sum of those. */
export function literalText(expression: Expression): string | undefined {
  const inner = withoutWrapping(expression);
  switch (inner.type) {
    case "Literal":
      return typeof inner.value === "string" ? inner.value : undefined;
    case "TemplateLiteral":
      return inner.expressions.length === 0
        ? (inner.quasis[0]?.value.cooked ?? undefined)
        : undefined;
    case "BinaryExpression": {
      if (inner.operator !== "+") return undefined;
      const left = literalText(inner.left);
      const right = literalText(inner.right);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    default:
      return undefined;
  }
}

/** Without parentheses and assertions of a type; of `(0, f)` the last. */
export function withoutWrapping(expression: Expression): Expression {
  switch (expression.type) {
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSNonNullExpression":
    case "TSInstantiationExpression":
      return withoutWrapping(expression.expression);
    case "ChainExpression":
      return withoutWrapping(expression.expression);
    case "SequenceExpression": {
      const last = expression.expressions.at(-1);
      return last === undefined ? expression : withoutWrapping(last);
    }
    default:
      return expression;
  }
}
