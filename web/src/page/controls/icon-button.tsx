/** A button that is a sign, with its name for whoever cannot see it. */

import { Icon } from "./icons";

interface IconButtonProperties {
  label: string;
  icon: Parameters<typeof Icon>[0]["name"];
  onClick: () => void;
  keys?: string;
  disabled?: boolean;
}

export function IconButton({
  label,
  icon,
  onClick,
  keys,
  disabled,
}: IconButtonProperties) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      aria-keyshortcuts={keys?.replace("Ctrl", "Control")}
      disabled={disabled}
      onClick={() => onClick()}
    >
      <Icon name={icon} />
    </button>
  );
}
