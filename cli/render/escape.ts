export { escapeControls } from '../../model/visible.ts';
