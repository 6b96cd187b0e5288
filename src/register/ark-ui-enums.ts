// The enumerations that ArkUI has as globals: `Color.White`, `FontWeight.Bold`. Files of constants, and constants beside a
// component, name their members when they are loaded. Off the device a member is the text of its name, `'Color.White'`: it is
// the same each time, and differs from every other.

/** Facts of the SDK's api/@internal/component/ets/enums.d.ts and of the declarations of components beside it. */
const names = `
  AdaptiveColor Alignment AnimationMode AnimationStatus AppRotation ArrowPosition Axis BadgePosition BarMode BarPosition BarState
  BarStyle BarrierDirection BlendApplyType BlendMode BlurStyle BorderStyle ButtonRole ButtonStyleMode ButtonType CalendarAlign
  CheckBoxShape ChainStyle Color ColoringStrategy ColorMode ControlSize CopyOptions CrownAction CrownSensitivity Curve
  DataPanelType DialogAlignment DialogButtonStyle DismissReason DistributionType DividerMode DpiFollowStrategy DragBehavior
  DragPreviewMode DragResult Edge EdgeEffect EffectType EmbeddedType EnterKeyType FillMode FinishCallbackType FlexAlign
  FlexDirection FlexWrap FocusPriority FoldStatus FontStyle FontWeight FormDimension FormRenderingMode FormShape FunctionKey
  GestureJudgeResult GestureMask GestureMode GesturePriority GradientDirection GridDirection GridItemStyle
  GridRowColumnDirection HapticFeedbackMode HeightBreakpoint HitTestMode HitTestType HorizontalAlign HoverEffect HoverModeAreaType
  IlluminatedType ImageAnalyzerType ImageFit ImageInterpolation ImageRenderMode ImageRepeat ImageRotateOrientation ImageSize
  ImageSpanAlignment IndicatorStyle IndexerAlign InputType IntentionCode InteractionHand ItemAlign ItemState KeyProcessingMode
  KeySource KeyType LayoutDirection LaunchMode LineBreakStrategy LineCapStyle LineJoinStyle ListItemAlign ListItemGroupStyle
  LoadingProgressStyle LocationIconStyle MarqueeStartPolicy MarqueeState MarqueeUpdateStrategy MenuItemGroupStyle MenuPolicy
  MenuPreviewMode MixedMode ModalTransition ModifierKey MouseAction MouseButton NavBarPosition NavDestinationMode NavigationMode
  NavigationOperation NavigationTitleMode NavRouteMode NestedScrollMode ObscuredReasons OptionWidthMode OutlineStyle PageFlipMode
  PanDirection PasteButtonOnClickResult PatternLockChallengeResult PerfMonitorActionType PixelRoundCalcPolicy PixelRoundMode
  Placement PlaybackSpeed PlayMode PopInteraction PreDragStatus ProgressStatus ProgressStyle ProgressType RadioIndicatorType
  RefreshStatus RelateType RenderFit RenderMode RepeatMode ResponseType RichEditorResponseType RouteType SafeAreaEdge
  SafeAreaType SaveButtonOnClickResult ScrollAlign ScrollBarDirection ScrollDirection ScrollSizeMode ScrollSnapAlign ScrollSource
  ScrollState SearchType SeekMode SelectedMode SelectStatus ShadowStyle ShadowType SharedTransitionEffectType SheetMode SheetSize
  SheetType SideBarContainerType SideBarPosition SlideEffect SlideRange SliderBlockType SliderChangeMode SliderInteraction
  SliderStyle SourceTool SourceType StickyStyle SwipeActionState SwipeDirection SwipeEdgeEffect SwiperAnimationMode
  SwiperDisplayMode SwiperNestedScrollMode SymbolEffectStrategy SymbolRenderingStrategy TabsCacheMode TextAlign TextCase
  TextContentStyle TextDataDetectorType TextDecorationStyle TextDecorationType TextDeleteDirection TextHeightAdaptivePolicy
  TextInputStyle TextMenuItemId TextOverflow TextResponseType TextSelectableMode TextSpanType ThemeColorMode TimePickerFormat
  TitleHeight ToggleType ToolbarItemStatus TouchTestStrategy TouchType TransitionEdge TransitionHierarchyStrategy TransitionType
  VerticalAlign Visibility WaterFlowLayoutMode Week WidthBreakpoint WordBreak XComponentType
`;

/** Defines the enumerations that the program does not have, each made when it is first asked for. */
export function defineArkUIEnums(target: object): void {
  for (const name of names.trim().split(/\s+/)) {
    if (name in target) continue;
    const set = (value: unknown) =>
      Object.defineProperty(target, name, { value, configurable: true, enumerable: false, writable: true });
    const get = () => {
      const value = enumeration(name);
      set(value);
      return value;
    };
    Object.defineProperty(target, name, { get, set, configurable: true, enumerable: false });
  }
}

function enumeration(name: string): object {
  return new Proxy(Object.create(null) as object, {
    get: (_, member) => (typeof member === 'string' ? `${name}.${member}` : undefined),
  });
}
